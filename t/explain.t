#!/usr/bin/perl
# Transcript tier, no root: inftpd --explain and sessions, side by side. For
# each set of directives, each kind of user and each command on each kind of
# path both are asked, and the verdicts must be the same.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Test;
use Test::More;

my @commands = ('RETR file', 'RETR dir', 'RETR none', 'RETR none/x',
    'RETR link', 'STOR new', 'STOR file', 'STOR dir', 'STOR none/new',
    'APPE file', 'APPE new', 'DELE file', 'DELE dir', 'DELE none', 'RMD dir',
    'RMD full', 'RMD file', 'MKD new', 'MKD dir', 'MKD none/new',
    'RNTO file new', 'RNTO none new', 'RNTO file none/new', 'RNTO dir full',
    'CWD dir', 'CWD file', 'CWD none', 'LIST', 'LIST -a dir', 'LIST none',
    'NLST file', 'MLSD dir', 'MLSD file', 'MLST file', 'MLST none',
    'SIZE file', 'SIZE dir', 'MDTM file', 'MDTM none',
    'SITE CHMOD 644 file', 'SITE CHMOD 644 none',
    'MFMT 20200101000000 file', 'PASV', 'HASH file', 'STOU new', 'AVBL dir',
    'STAT dir', 'XMKD new');
# What little depends on: for alice, and some of the settings.
my @more = ('MFMT 20200101000000 none', 'EPSV',
    'MFF Modify=20200101000000; file', 'MFF UNIX.mode=0600; file',
    'MFF UNIX.mode=0600;Modify=20200101000000; none',
    'MDTM 20200101000000 file', 'SITE UTIME 20200101000000 file',
    'HASH dir', 'HASH none', 'HASH link', 'XCRC file',
    'XCRC file 0 3', 'XMD5 dir', 'XSHA file', 'XSHA1 file', 'XSHA256 none',
    'XSHA512 file', 'AVBL', 'AVBL file', 'AVBL none', 'STOU',
    'STOU file', 'STOU dir/new', 'STOU none/new', 'STAT',
    'STAT file', 'STAT -a dir', 'STAT none', 'XCWD dir', 'XCWD none',
    'XRMD dir', 'XRMD full', 'XPWD', 'PWD', 'XCUP', 'CDUP',
    'RANG 0 3', 'REST 3', 'ABOR', 'ALLO 5', 'ACCT x', 'CLNT x', 'CSID Name=x;',
    'FEAT', 'HELP', 'LANG', 'NOOP', 'OPTS UTF8 ON', 'STRU F', 'SYST', 'TYPE A',
    'TYPE I', 'MODE Z', 'MODE S', 'SMNT x', 'SITE HELP', 'SITE IDLE',
    'SITE UMASK 077', 'SITE NONE', 'NONE', 'AUTH TLS', 'PBSZ 0', 'PROT P',
    'CCC', 'CWD ~', 'RETR ~/file', 'SIZE ~file', 'SITE CHMOD 600 ~/file',
    'MFMT 20200101000000 ~/file', 'XMD5 ~/file 0 3');

my @settings = (
	{},
	{ write_enable => 'YES', anon_upload_enable => 'YES' },
	{ write_enable => 'YES', anon_mkdir_write_enable => 'YES',
	    anon_other_write_enable => 'YES', download_enable => 'NO' },
	{ dirlist_enable => 'NO', mdtm_write => 'NO', chmod_enable => 'NO' },
	{ deny_file => '{fi*,none}' },
	{ cmds_allowed => 'USER,PASS,QUIT,PASV,RETR,STOR,CWD' },
	{ pasv_enable => 'NO', cmds_denied => 'MKD' },
	{ upload_file => '*.txt', download_file => 'link' },
	{ tilde_user_enable => 'YES', hash_max_bytes => 4, mode_z_enable => 'NO',
	    cmds_denied => 'XCWD,CHMOD' },
	{ write_enable => 'YES', hash_enable => 'NO', upload_file => 'new*',
	    upload_atomic => 'YES', cmds_denied => 'SITE' },
);

my ($server, $explain);

sub make_files {
	my $data = $server->data;

	unlink map { "$data/$_" } qw(file link new);
	unlink glob "$data/{,dir/}{STOU,new,file}.*";
	rmdir "$data/$_" for qw(new dir/new dir full/er full);
	$server->file('file', "text\n");
	$server->dir($_) for 'dir', 'full/er';
	symlink 'file', "$data/link" or die "link: $!";
}

sub explained {
	my ($user, $command) = @_;
	my $words = join ' ', map { "'$_'" } split ' ', $command;
	my $said = `$explain --user $user $words 2>&1`;
	my $status = $? >> 8;

	# There is no such command: not for the command line, either.
	$status = 1 if $status == 2 && $said =~ /there is no such command/;
	return ($status, $said);
}

# 0 if the session does it, 1 if it refuses, as the exit status is.
sub done {
	my ($c, $command) = @_;
	my ($verb, @paths) = split ' ', $command;
	my $code = 200;

	($code) = $c->cmd('PASV')
	    if $verb =~ /^(?:RETR|STOR|APPE|STOU|LIST|NLST|MLSD)$/;
	if ($code =~ /^2/ && $verb eq 'RNTO') {
		($code) = $c->cmd("RNFR $paths[0]");
		($code) = $c->cmd("RNTO $paths[1]") if $code eq 350;
	} elsif ($code =~ /^2/) {
		($code) = $c->cmd($command);
	}
	$c->cmd('CWD /') if $verb =~ /^X?CWD$/;
	return $code =~ /^(?:[12]|350)/ ? 0 : 1;
}

# Both verdicts on each command, for one user; those that differ.
sub compare {
	my ($user, @asked) = @_;
	my ($c, @wrong);

	for my $command (@asked) {
		my ($status, $said) = explained($user, $command);

		$c //= $server->login($user);

		my $done = done($c, $command);
		push @wrong, "$user: $command: explained $status, done " .
		    "$done\n$said" if $status != $done;
		next if $done;
		make_files();
		# It waits for a data connection, which it shall not have.
		$c->hang_up, undef $c if $command =~ /^(?:RETR|STOR|STOU|APPE|.LS|LIST)/;
	}
	$c->quit if $c;
	return @wrong;
}

for my $set (@settings) {
	my $name = join(' ', map { "$_=$set->{$_}" } sort keys %$set) || 'none';

	$server = Inftpd::Test->new(conf => { anon_world_readable_only => 'NO',
	    %$set }, users => { alice => { write_enable => 'YES' },
	    bob => { virtual_use_local_privs => 'NO',
	        write_enable => $set->{write_enable} // 'NO' } });
	$explain = Inftpd::Test->program . " --explain --config $server->{dir}/conf";
	make_files();
	# Rights of the two differ, what else there is does not.
	my @users = $set->{write_enable} ? qw(alice bob anonymous) : 'alice';
	my @all = !%$set || $set->{hash_max_bytes} ? @more : ();
	is join('', compare('alice', @commands, @all),
	    map { compare($_, @commands) } @users[1 .. $#users]), '', $name;
	$server->done;
}

done_testing;
