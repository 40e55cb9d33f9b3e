#!/usr/bin/perl
# Transcript tier, no root: who may do what. Every verb of --list-commands in
# every state, and in every session under several settings; a verb without an
# expectation here is a failure.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

# For each verb: an argument that is right; the answer before login and after
# USER (they are the same but for PASS); and what it takes to be allowed.
# "read" is allowed to everybody who is logged in.
my %verbs = (
	ABOR => ['', 530, 'read', 225],
	ACCT => ['x', 202, 'read', 202],
	ALLO => ['5', 530, 'read', 202],
	APPE => ['/there', 530, 'overwrite', 226],
	AUTH => ['TLS', 502, 'read', 502],             # no ssl_enable here
	CCC => ['', 502, 'read', 502],
	PBSZ => ['0', 502, 'read', 502],
	PROT => ['P', 502, 'read', 502],
	CDUP => ['', 530, 'read', 250],
	CWD => ['/dir', 530, 'read', 250],
	DELE => ['/there', 530, 'delete', 250],
	EPRT => ['|1|127.0.0.1|51200|', 530, 'read', 200],
	EPSV => ['', 530, 'read', 229],
	FEAT => ['', 211, 'read', 211],
	HELP => ['', 214, 'read', 214],
	LIST => ['', 530, 'list', 226],
	MDTM => ['/there', 530, 'read', 213],
	MFMT => ['20200101000000 /there', 530, 'utime', 213],
	MKD => ['/new', 530, 'mkdir', 257],
	MLSD => ['', 530, 'list', 226],
	MLST => ['/there', 530, 'list', 250],
	MODE => ['S', 530, 'read', 200],
	NLST => ['', 530, 'list', 226],
	NOOP => ['', 200, 'read', 200],
	OPTS => ['UTF8 ON', 200, 'read', 200],
	PASS => ['secret', undef, 'read', 503],
	PASV => ['', 530, 'read', 227],
	PORT => ['127,0,0,1,200,0', 530, 'read', 200],
	PWD => ['', 530, 'read', 257],
	QUIT => ['', 221, 'read', 221],
	REIN => ['', 502, 'read', 502],
	REST => ['0', 530, 'read', 350],
	RETR => ['/there', 530, 'download', 226],
	RMD => ['/empty', 530, 'delete', 250],
	RNFR => ['/there', 530, 'delete', 350],
	RNTO => ['/new', 530, 'delete', 250], # right behind RNFR
	SITE => ['HELP', 530, 'read', 214],
	SIZE => ['/there', 530, 'read', 213],
	SMNT => ['/', 502, 'read', 502],
	STAT => ['', 211, 'read', 211],
	STOR => ['/new', 530, 'upload', 226],
	STOU => ['', 530, 'upload', 226],
	STRU => ['F', 530, 'read', 200],
	SYST => ['', 215, 'read', 215],
	TYPE => ['I', 530, 'read', 200],
	USER => ['alice', 331, 'read', 530],
	XCUP => ['', 530, 'read', 250],
	XCWD => ['/dir', 530, 'read', 250],
	XMKD => ['/new', 530, 'mkdir', 257],
	XPWD => ['', 530, 'read', 257],
	XRMD => ['/empty', 530, 'delete', 250],
	# Not verbs of the table, but rights of their own.
	'SITE CHMOD' => ['644 /there', 530, 'chmod', 200],
	'SITE UMASK' => ['022', 530, 'chmod', 200],
	'SITE IDLE' => ['', 530, 'read', 200],
	'STAT path' => ['/dir', 530, 'list', 212],
	'STOR there' => ['', 530, 'overwrite', 226],
	'MDTM set' => ['20200101000000 /there', 530, 'utime', 213],
);

my @listed = map { (split /\t/)[0] } Inftpd::Test->output('--list-commands');
cmp_ok(scalar @listed, '>', 40, '--list-commands lists the verbs');
ok($verbs{$_}, "there is an expectation of $_") for @listed;
my %listed = map { $_ => 1 } @listed;
ok($listed{$_}, "$_ is a verb") for grep { !/ / } sort keys %verbs;

sub line_of {
	my ($verb) = @_;
	my $what = $verb eq 'STAT path' ? 'STAT' : $verb eq 'MDTM set' ? 'MDTM'
	    : $verb eq 'STOR there' ? 'STOR /there' : $verb;

	return join ' ', $what, grep { length } $verbs{$verb}[0];
}

# --- states -----------------------------------------------------------------

my $server = Inftpd::Test->new;
for my $verb (sort keys %verbs) {
	my ($argument, $before) = @{ $verbs{$verb} };
	my $c = $server->connect;

	$c->expect(line_of($verb), $before // 503, undef,
	    "$verb before login: " . ($before // 503));
	$c->hang_up;
	$c->check;
	$c = $server->connect;
	$c->expect('USER alice', 331);
	$c->expect(line_of($verb), $before // 230, undef,
	    "$verb after USER: " . ($before // 230));
	$c->hang_up;
	$c->check;
}
is_deeply([$server->names('')], [], 'nothing was made without login');

# --- rights -----------------------------------------------------------------

my @write = ('upload', 'overwrite', 'mkdir', 'delete', 'utime');
my @settings = (
	# who, directives, rights beside reading
	['anonymous', {}, qw(download list)],
	['anonymous', { write_enable => 'YES' }, qw(download list)],
	['anonymous', { anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES' },
	    qw(download list)],
	['anonymous', { write_enable => 'YES', anon_upload_enable => 'YES' },
	    qw(download list upload)],
	['anonymous', { write_enable => 'YES',
	    anon_mkdir_write_enable => 'YES' }, qw(download list mkdir)],
	['anonymous', { write_enable => 'YES',
	    anon_other_write_enable => 'YES' }, qw(download list delete utime)],
	['anonymous', { write_enable => 'YES', anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES' },
	    qw(download list), @write],
	['anonymous', { write_enable => 'YES', anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES',
	    mdtm_write => 'NO' }, qw(download list upload overwrite mkdir delete)],
	['anonymous', { download_enable => 'NO' }, qw(list)],
	['anonymous', { dirlist_enable => 'NO' }, qw(download)],
	['alice', {}, qw(download list chmod), @write],
	['alice', { write_enable => 'NO' }, qw(download list)],
	['alice', { chmod_enable => 'NO' }, qw(download list), @write],
	['alice', { mdtm_write => 'NO' },
	    qw(download list chmod upload overwrite mkdir delete)],
	['alice', { download_enable => 'NO' }, qw(list chmod), @write],
	['alice', { dirlist_enable => 'NO' }, qw(download chmod), @write],
	['alice', { virtual_use_local_privs => 'NO' }, qw(download list)],
	['alice', { virtual_use_local_privs => 'NO',
	    anon_upload_enable => 'YES' }, qw(download list upload)],
	['alice', { virtual_use_local_privs => 'NO', anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES' },
	    qw(download list), @write],
	['alice', { virtual_use_local_privs => 'NO', write_enable => 'NO',
	    anon_upload_enable => 'YES', anon_mkdir_write_enable => 'YES',
	    anon_other_write_enable => 'YES' }, qw(download list)],
);

# The directory as each verb finds it.
sub reset_data {
	my ($s) = @_;

	unlink map { $s->data($_) } grep { !/^(dir|empty)$/ } $s->names('');
	rmdir $s->data('new');
	$s->dir('dir');
	$s->dir('empty');
	chmod 0644, $s->file('there', 'x');
}

# One verb in a session that is kept: its final answer.
sub answer {
	my ($c, $verb) = @_;
	my $transfer = $verb =~ /^(LIST|NLST|MLSD|RETR|STOR|STOR there|APPE|STOU)$/;
	my $data = $transfer ? $c->pasv : undef;
	my ($code) = $c->cmd(line_of($verb));

	if ($code eq 150) {
		Inftpd::Test::Client::drain($data) if $verb !~ /^(STO|APPE)/;
		close $data;
		($code) = $c->reply;
	}
	return $code;
}

for my $row (@settings) {
	my ($who, $directives, @rights) = @$row;
	my %rights = map { $_ => 1 } 'read', @rights;
	my $s = Inftpd::Test->new(
	    conf => $who eq 'anonymous'
		? { anon_umask => '022', %$directives } : {},
	    users => { alice => $who eq 'alice' ? $directives : {} });
	my $what = join ', ', $who, map { "$_=$directives->{$_}" }
	    sort keys %$directives;
	my $c = $s->login($who);
	my @wrong;

	for my $verb (sort { ($a eq 'QUIT') <=> ($b eq 'QUIT') || $a cmp $b }
	    keys %verbs) {
		my (undef, undef, $needs, $code) = @{ $verbs{$verb} };
		# A time that may not be set is a name that is not there.
		my $expected = $rights{$needs} ? $code : 550;

		reset_data($s);
		my $got = answer($c, $verb);
		push @wrong, "$verb: $got, expected $expected"
		    if $got ne $expected;
	}
	is_deeply(\@wrong, [], $what);
	$c->check;
}

# cmds_denied and cmds_allowed: every verb.
for my $verb (@listed) {
	next if $verb =~ /^(REIN|SMNT|USER|PASS|QUIT)$/;
	my $s = Inftpd::Test->new(conf => { cmds_denied => $verb });
	my $c = $s->login('alice');

	reset_data($s);
	$c->pasv if $verb ne 'PASV';
	$c->expect(line_of($verb), $verbs{$verb}[3] == 502 ? 502 : 550, undef,
	    "cmds_denied=$verb");
	$c->hang_up;
	$c->check;
}
my $s = Inftpd::Test->new(conf => { cmds_allowed => 'user, PASS,QUIT,pwd' });
my $c = $s->login('alice');
for my $verb (grep { !/^(REIN|SMNT|USER|PASS|QUIT|PWD)$/ } @listed) {
	$c->expect(line_of($verb), $verbs{$verb}[3] == 502 ? 502 : 550, undef,
	    "cmds_allowed without $verb");
}
$c->expect('PWD', 257, undef, 'cmds_allowed with PWD');
$c->quit;
done_testing;
