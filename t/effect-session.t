#!/usr/bin/perl
# Transcript tier, no root: what a directive does to a session. Each probe is
# run twice, without the directive and with it, and both answers are known.
# Directives whose effect is shown elsewhere are tagged there, "# directive:";
# t/doc-effects.t counts both.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $outside = File::Temp->newdir(TMPDIR => 1);

# conf: beside it; for: a user's drop-in is where it stands, not conf.d.
sub effect {
	my ($name, $value, $without, $with, $probe, %arg) = @_;
	my @got;

	for my $set (0, 1) {
		my $s = Inftpd::Test->new(conf => {
		    banned_email_file => '/nonexistent', %{ $arg{conf} || {} } },
		    users => { alice => {}, guest => {
		        virtual_use_local_privs => 'NO' } });
		my $text = ref $value ? $value->($s) : $value;

		$s->file('file', "line\n");
		$s->file('.dot', 'x');
		$s->dir('dir');
		if ($set && $arg{for}) {
			$s->user($arg{for}, $name => $text);
		} elsif ($set) {
			$s->write_conf('conf.d/effect.conf', { $name => $text });
		}
		push @got, $probe->($s);
		$s->done;
	}
	is($got[0], $without, "without $name");
	is($got[1], $with, "with $name");
	isnt($with, $without, 'which is not the same');
}

sub write_list {
	my ($name, $text) = @_;

	Inftpd::Test::write_file("$outside/$name", $text);
	chmod 0644, "$outside/$name";
	return "$outside/$name";
}

# A constant database of one record, in D. J. Bernstein's format.
sub write_database {
	my ($name, $key, $value) = @_;
	my $hash = 5381;

	$hash = (($hash << 5) + $hash & 0xffffffff) ^ ord for split //, $key;
	my $record = pack('V2', length $key, length $value) . $key . $value;
	my $end = 2048 + length $record;
	my @tables = map { [$end + ($_ > $hash % 256 ? 16 : 0), $_ == $hash % 256 ? 2 : 0] }
	    0 .. 255;
	my @slots = (pack('V2', 0, 0)) x 2;
	$slots[($hash >> 8) % 2] = pack 'V2', $hash, 2048;
	return write_list($name, join '', (map { pack 'V2', @$_ } @tables),
	    $record, @slots);
}

# The code of an answer; transfers are done whole.
sub code {
	my ($s, $line, $user) = @_;
	my $c = $s->login($user // 'alice');

	return code_of($c, $line);
}

sub code_of {
	my ($c, $line) = @_;

	return ($c->send_file($line, 'sent'))[0] if $line =~ /^(STO|APP)/;
	return ($c->fetch($line))[1] if $line =~ /^(RETR|LIST|NLST|MLSD)/;
	return ($c->cmd($line))[0];
}

sub both_codes {
	my ($c, @lines) = @_;

	return join ' ', map { ($c->cmd($_))[0] } @lines;
}

# How a login ends.
sub logs_in {
	my ($s, $user, $password) = @_;
	my $c = $s->connect;

	return both_codes($c, "USER $user", 'PASS ' . ($password // 'secret'));
}

sub listed {
	my ($s, $line, $pattern, $user) = @_;
	my ($lines) = $s->login($user // 'alice')->list($line);

	return (grep { $_ =~ $pattern } @{ $lines || [] }) ? 'yes' : 'no';
}

sub mode_of { return sprintf '%04o', (stat $_[0]->data($_[1]))[2] & 07777 }

my %write = (conf => { write_enable => 'YES' });
my %upload = (conf => { write_enable => 'YES', anon_upload_enable => 'YES' });

# --- who may log in -----------------------------------------------------------

effect('anonymous_enable', 'NO', '331 230', '331 530',
    sub { logs_in($_[0], 'ftp', 'x') });
effect('virtual_enable', 'NO', '331 230', '331 530',
    sub { logs_in($_[0], 'alice') });
effect('no_anon_password', 'YES', 331, 230,
    sub { ($_[0]->connect->cmd('USER ftp'))[0] });
my $list = write_list('list', "alice\nme\@example.org\n");
effect('userlist_enable', 'YES', 331, 530,
    sub { ($_[0]->connect->cmd('USER alice'))[0] },
    conf => { userlist_file => $list });
effect('userlist_deny', 'NO', '530 331', '331 530',
    sub { both_codes($_[0]->connect, 'USER alice', 'USER ftp') },
    conf => { userlist_enable => 'YES', userlist_file => $list });
effect('deny_email_enable', 'YES', '331 230', '331 530',
    sub { logs_in($_[0], 'ftp', 'me@example.org') },
    conf => { banned_email_file => $list });
effect('secure_email_list_enable', 'YES', '331 230', '331 530',
    sub { logs_in($_[0], 'ftp', 'you@example.org') },
    conf => { email_password_file => $list });
# Another file than the one that cannot be had.
effect('userlist_file', write_list('nobody', "bob\n"), '530 503', '331 230',
    sub { logs_in($_[0], 'alice') },
    conf => { userlist_enable => 'YES', userlist_file => '/nonexistent' });
effect('banned_email_file', write_list('others', "you\n"), '331 530', '331 230',
    sub { logs_in($_[0], 'ftp', 'me@example.org') },
    conf => { deny_email_enable => 'YES' });
effect('email_password_file', $list, '331 530', '331 230',
    sub { logs_in($_[0], 'ftp', 'me@example.org') },
    conf => { secure_email_list_enable => 'YES',
        email_password_file => '/nonexistent' });
effect('virtual_users_db', write_database('users.cdb', dora =>
    'dora:' . crypt('secret', '$6$rounds=1000$inftpdtest$')), '331 530', '331 230',
    sub { logs_in($_[0], 'dora') }, conf => { local_root => "$outside" })
    if Inftpd::Test::built('cdb');
effect('max_login_fails', 1, '530 530', '530 421', sub {
	my $c = $_[0]->connect;

	$c->cmd('USER alice');
	my ($first) = $c->cmd('PASS x');
	$c->raw("USER alice\r\nPASS x\r\n");
	my ($second) = $c->reply;
	($second) = $c->reply if $second eq 331;
	return "$first $second";
});
# How a login is answered, and when; long enough for a busy machine.
my $delay = 2 * $Inftpd::Test::SLOW;

sub slowly {
	my ($s, $password) = @_;
	my $c = $s->connect;

	$c->cmd('USER alice');
	my $start = Time::HiRes::time();
	my ($code) = $c->cmd("PASS $password");
	return "$code " . (Time::HiRes::time() - $start < 0.99 * $delay
	    ? 'at once' : 'later');
}

effect('delay_failed_login', $delay, '530 at once', '530 later',
    sub { slowly($_[0], 'wrong') });
effect('delay_successful_login', $delay, '230 at once', '230 later',
    sub { slowly($_[0], 'secret') });

# --- where a session is -------------------------------------------------------

effect('anon_root', sub { $_[0]->data('dir') }, 'no', 'yes',
    sub { listed($_[0], 'NLST -a', qr/^dir$/, 'ftp') eq 'yes' ? 'no' : 'yes' });
effect('local_root', sub { $_[0]->data('dir') }, 226, 550,
    sub { code($_[0], 'RETR file') }, for => 'alice');
effect('user_sub_token', 'TOKEN', 'nobody home', 550, sub {
	my ($s) = @_;
	mkdir $s->data('alice');
	# A user whose root is named by the token, before conf.d says which.
	$s->user('alice', local_root => $s->data . '/TOKEN');
	my $c = $s->connect;
	$c->cmd('USER alice');
	my ($code) = $c->cmd('PASS secret');
	if ($code eq 421) {
		$c->{checked} = 1;
		return 'nobody home';
	}
	return ($c->cmd('SIZE file'))[0];
});
effect('tilde_user_enable', 'YES', 550, 250, sub { code($_[0], 'CWD ~') });
effect('user_config_dir', sub {
	my ($s) = @_;
	mkdir "$s->{dir}/other";
	return "$s->{dir}/other";
}, '331 230', '331 530', sub { logs_in($_[0], 'alice') });
effect('password', crypt('other', '$6$rounds=1000$inftpdtest$'), '331 530',
    '331 230', sub { logs_in($_[0], 'alice', 'other') }, for => 'alice');
effect('virtual_use_local_privs', 'YES', 550, 257,
    sub { code($_[0], 'MKD new', 'guest') }, for => 'guest');

# --- what may be done ---------------------------------------------------------

effect('write_enable', 'NO', 257, 550, sub { code($_[0], 'MKD new') },
    for => 'alice');
effect('download_enable', 'NO', 226, 550, sub { code($_[0], 'RETR file') });
effect('dirlist_enable', 'NO', 226, 550, sub { code($_[0], 'LIST') });
effect('anon_upload_enable', 'YES', 550, 226,
    sub { code($_[0], 'STOR new', 'ftp') }, %write);
effect('anon_mkdir_write_enable', 'YES', 550, 257,
    sub { code($_[0], 'MKD new', 'ftp') }, %write);
effect('anon_other_write_enable', 'YES', 550, 250,
    sub { code($_[0], 'DELE file', 'ftp') }, %write);
effect('anon_world_readable_only', 'NO', 550, 226, sub {
	chmod 0600, $_[0]->data('file');
	return code($_[0], 'RETR file', 'ftp');
});
effect('chmod_enable', 'NO', 200, 550,
    sub { code($_[0], 'SITE CHMOD 644 file') });
effect('mdtm_write', 'NO', 213, 550,
    sub { code($_[0], 'MDTM 20200101000000 file') });
effect('ls_recurse_enable', 'YES', 'no', 'yes', sub {
	$_[0]->file('dir/below', '');
	return listed($_[0], 'LIST -R', qr/below$/);
});
effect('deny_file', '*ile', 213, 550, sub { code($_[0], 'SIZE file') });
effect('hide_file', '*ile', 'yes', 'no', sub { listed($_[0], 'NLST', qr/^file$/) });
effect('cmds_allowed', 'USER,PASS,SYST', 200, 550, sub { code($_[0], 'NOOP') });
effect('cmds_denied', 'NOOP', 200, 550, sub { code($_[0], 'NOOP') });

# --- uploads ------------------------------------------------------------------

effect('anon_umask', '022', '0600', '0644', sub {
	code($_[0], 'STOR new', 'ftp');
	return mode_of($_[0], 'new');
}, %upload);
effect('local_umask', '077', '0644', '0600', sub {
	code($_[0], 'STOR new');
	return mode_of($_[0], 'new');
}, for => 'alice');
effect('file_open_mode', '0777', '0644', '0755', sub {
	code($_[0], 'STOR new');
	return mode_of($_[0], 'new');
});
effect('upload_max_size', 3, 226, 552, sub { code($_[0], 'STOR new') });

# A broken upload: what is left of it, and while it comes.
sub broken {
	my ($s, $while) = @_;
	my $c = $s->login('alice');
	my $data = $c->pasv;

	$c->cmd('STOR new');
	Inftpd::Test::Client::write_all($data, 'half');
	Inftpd::Test::wait_until(sub {
		grep { -s $s->data($_) && !/^(file|\.dot)$/ } $s->names('') });
	my $seen = $while ? $while->($c) : '';
	$c->raw("ABOR\r\n");
	$c->reply for 1 .. 2;
	return $seen || ($s->content('new') // 'nothing');
}

effect('delete_failed_uploads', 'YES', 'half', 'nothing', \&broken);
effect('upload_atomic', 'YES', 'half', 'nothing yet', sub {
	my ($s) = @_;
	return broken($s, sub { $s->content('new') // 'nothing yet' });
});
effect('lock_upload_files', 'NO', 450, 226, sub {
	my ($s) = @_;
	return broken($s, sub { code($s, 'RETR new') });
});

# --- listings and messages ----------------------------------------------------

sub first_lines {
	my ($c) = $_[0]->start;
	my (undef, undef, @lines) = $c->reply;

	return join '|', map { s/^220[ -]?//r } @lines;
}

effect('ftpd_banner', 'Hello.', 'FTP server ready.', 'Hello.', \&first_lines);
effect('banner_file', write_list('banner', "Look:\nhere\n"),
    'FTP server ready.', 'Look:|here|FTP server ready.', \&first_lines);

sub message {
	my ($s) = @_;

	$s->file('dir/.message', "welcome\n");
	$s->file('dir/README', "read me\n");
	my (undef, undef, @lines) = $s->login('alice')->cmd('CWD dir');
	return "@lines" =~ /(welcome|read me)/ ? $1 : 'silence';
}

effect('dirmessage_enable', 'YES', 'silence', 'welcome', \&message);
effect('message_file', 'README', 'welcome', 'read me', \&message,
    conf => { dirmessage_enable => 'YES' });
effect('force_dot_files', 'YES', 'no', 'yes',
    sub { listed($_[0], 'NLST', qr/^\.dot$/) });
effect('hide_ids', 'YES', 'no', 'yes',
    sub { listed($_[0], 'LIST', qr/ ftp +ftp .* file$/) });
my ($owner, $group) = (scalar getpwuid $>, scalar getgrgid $));
effect('text_userdb_names', 'YES', 'no', 'yes',
    sub { listed($_[0], 'LIST', qr/ \Q$owner\E +\Q$group\E .* file$/) });
effect('ascii_download_enable', 'YES', "line\n", "line\r\n", sub {
	my $c = $_[0]->login('alice');
	$c->cmd('TYPE A');
	return ($c->retr('file'))[0];
});
effect('ascii_upload_enable', 'YES', "line\r\n", "line\n", sub {
	my $c = $_[0]->login('alice');
	$c->cmd('TYPE A');
	$c->stor('new', "line\r\n");
	return $_[0]->content('new');
});

# --- data connections ---------------------------------------------------------

effect('pasv_enable', 'NO', 227, 550, sub { code($_[0], 'PASV') });
effect('pasv_address', '192.0.2.7', '127,0,0,1', '192,0,2,7',
    sub { (($_[0]->login('alice')->cmd('PASV'))[1] =~ /\(((?:\d+,){3}\d+)/)[0] });
my $port = 20000 + $$ % 20000;
effect('pasv_min_port', $port, 'beyond', 'within', sub {
	my $got = $_[0]->login('alice')->pasv_port;
	return $got >= $port && $got <= $port + 9 ? 'within' : 'beyond';
}, conf => { pasv_max_port => $port + 9 });
effect('pasv_max_port', 19999, 'beyond', 'within', sub {
	my $c = $_[0]->login('alice');
	return (grep { $c->pasv_port > 19999 } 1 .. 20) ? 'beyond' : 'within';
}, conf => { pasv_min_port => 19000 });
effect('pasv_promiscuous', 'YES', '', "line\n", sub {
	my $c = $_[0]->login('alice');
	my $data = $c->dial($c->pasv_port, '127.0.0.2');
	$c->cmd('RETR file');
	return Inftpd::Test::Client::drain($data);
});
effect('port_enable', 'NO', 200, 550, sub { code($_[0], 'PORT 127,0,0,1,200,0') });
effect('port_promiscuous', 'YES', 500, 200,
    sub { code($_[0], 'PORT 127,0,0,2,200,0') });
effect('use_sendfile', 'NO', 'sendfile', 'none', sub {
	my ($s) = @_;
	local $ENV{INFTPD_WRAPPER} = "strace -f -e trace=sendfile -o $s->{dir}/calls";
	local $ENV{ASAN_OPTIONS} = 'detect_leaks=0'; # it traces, too
	my $c = $s->login('alice');
	$c->cmd('TYPE I');
	$c->retr('file');
	$c->quit;
	open my $calls, '<', "$s->{dir}/calls" or die "calls: $!";
	return (grep { /sendfile\(/ } <$calls>) ? 'sendfile' : 'none';
}) if !$ENV{INFTPD_WRAPPER};

# --- limits -------------------------------------------------------------------

# What others hear while a client is there.
sub others {
	my ($s, @from) = @_;
	my $first = $s->connect;
	my @codes;

	for my $from (@from) {
		my $c = $s->start(from => $from);
		push @codes, ($c->reply)[0];
	}
	return "@codes";
}

effect('max_clients', 1, '220', '421', sub { others($_[0], '127.0.0.2') });
effect('max_per_ip', 1, '220 220', '421 220',
    sub { others($_[0], '127.0.0.1', '127.0.0.2') });

# --- logs ---------------------------------------------------------------------

sub log_conf {
	my (%conf) = @_;

	return (conf => { xferlog_enable => 'YES',
	    xferlog_file => "$outside/standard", vsftpd_log_file => "$outside/native",
	    %conf });
}

# Which logs have something after an upload.
sub logged {
	unlink map { "$outside/$_" } qw(standard native elsewhere);
	code($_[0], "STOR n\xc3\xa4w");
	return join(' ', grep { -s "$outside/$_" }
	    qw(standard native elsewhere)) || 'none';
}

effect('xferlog_enable', 'YES', 'none', 'native', \&logged,
    log_conf(xferlog_enable => 'NO'));
effect('xferlog_file', "$outside/standard", 'none', 'standard', \&logged,
    log_conf(xferlog_std_format => 'YES', xferlog_file => ''));
effect('vsftpd_log_file', "$outside/native", 'none', 'native', \&logged,
    log_conf(vsftpd_log_file => ''));
effect('xferlog_std_format', 'YES', 'native', 'standard', \&logged, log_conf());
effect('dual_log_enable', 'YES', 'native', 'standard native', \&logged,
    log_conf());
effect('syslog_enable', 'YES', 'native', 'none', \&logged, log_conf());
effect('log_ftp_protocol', 'YES', 'no', 'yes', sub {
	my $c = $_[0]->login('alice');
	$c->cmd('NOOP');
	return $c->log =~ /command: NOOP.*reply: 200/s ? 'yes' : 'no';
});
effect('wc_logs_enable', 'YES', '\xc3\xa4', "\xc3\xa4", sub {
	my $c = $_[0]->login('alice');
	$c->stor("n\xc3\xa4w", 'x');
	return ($c->log =~ /upload "\/n(.*)w"/)[0];
});
done_testing;
