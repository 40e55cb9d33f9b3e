#!/usr/bin/perl
# Transcript tier, no root: virtual hosts by HOST, REIN and by address; what
# the session has of them, in both processes. The text of RFC 7151 itself is
# in t/rfc-7151.t, the choice by TLS in t/tls-host.t.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Test::More;

sub host {
	my ($server, $name, $file, $conf) = @_;

	mkdir "$server->{dir}/conf/$_" for 'host.d', "host.d/$name";
	$server->write_conf("host.d/$name/$file", $conf);
}

my $server = Inftpd::Test->new(conf => { ftpd_banner => 'The server.' });
my $dir = "$server->{dir}/conf";

# No host.d at all.
my $c = $server->connect;
$c->expect('HOST ftp.example.com', 504, 'There is no such host here.',
    'no host.d');
$c->expect('HOST 127.0.0.1', 220, 'The server.', 'the address is fine');
$c->login('alice');
$c->quit;

# Two hosts: one has its own users, the other its own anonymous root.
mkdir $server->data($_) for qw(red blue);
$server->file('red/red.txt', "red\n");
$server->file('blue/blue.txt', "blue\n");
host($server, 'red.example.com', '10.conf', { ftpd_banner => 'Red.',
	anon_root => $server->data('red') });
host($server, 'red.example.com', '20.conf', { banner_file =>
	$server->file('banner', "This is red.\nMind the paint.\n") });
mkdir "$dir/host.d/blue.example.com" or die $!;
host($server, 'blue.example.com', '10.conf', { anonymous_enable => 'NO',
	user_config_dir => "$dir/blue.d" });
mkdir "$dir/blue.d" or die $!;
$server->write_conf('blue.d/bob.conf', { local_root => $server->data('blue'),
	password => crypt('secret', '$6$rounds=1000$inftpdtest$'),
	virtual_use_local_privs => 'YES' });
symlink 'red.example.com', "$dir/host.d/www.example.com" or die $!;

$c = $server->connect;
my @lines = $c->expect('HOST Red.Example.com.', 220, 'Red.', 'a host');
is_deeply(\@lines, ['220-This is red.', '220-Mind the paint.', '220 Red.'],
    'its banner and its banner_file, read by the helper');
$c->login('anonymous');
$c->expect('SIZE red.txt', 213, '4', 'its root');
$c->expect('HOST blue.example.com', 503, undef, 'HOST after login');
$c->quit;
like($c->log, qr/host: virtual host red\.example\.com/, 'the log has it');

$c = $server->connect;
$c->expect('HOST www.example.com', 220, 'Red.', 'an alias');
$c->expect('HOST blue.example.com', 220, 'The server.',
    'another one: nothing of the first is left');
$c->cmd('USER anonymous');
is(($c->cmd('PASS x@'))[0], 530, 'who may not log in there');
$c->login('bob');
$c->expect('SIZE blue.txt', 213, '5', 'who may');
$c->quit;
$c = $server->connect;
$c->cmd('USER bob');
is(($c->cmd('PASS secret'))[0], 530, 'and not elsewhere');
$c->expect('HOST blue.example.com', 220);
$c->expect('PASS secret', 503, undef, 'HOST forgets the name');
$c->expect('REIN', 220, 'The server.', 'REIN');
$c->cmd('USER bob');
is(($c->cmd('PASS secret'))[0], 530, 'REIN forgets the host');
$c->quit;

# Who moves to and fro before any login does not fill the log.
$c = $server->connect;
$c->raw("HOST red.example.com\r\nHOST blue.example.com\r\n" x 20);
$c->expect_reply(220) for 1 .. 40;
is(() = $c->log =~ /host: virtual host/g, 10, 'ten moves are logged');
$c->quit;

# A wrong password reads the files again, and the host stays.
$c = $server->connect;
$c->expect('HOST blue.example.com', 220);
$c->cmd('USER bob');
is(($c->cmd('PASS wrong'))[0], 530, 'a wrong password at a host');
$c->login('bob');
$c->quit;

# By address: the greeting has it already. HOST of another takes it off.
symlink 'red.example.com', "$dir/host.d/127.0.0.1" or die $!;
$c = $server->start;
@lines = $c->expect_reply(220, 'Red.', 'a host by address');
is($lines[0], '220-This is red.', 'with its file');
$c->expect('HOST blue.example.com', 220, 'The server.', 'HOST goes before');
$c->expect('HOST 127.0.0.1', 220, 'Red.', 'the address brings it back');
$c->expect('HOST blue.example.com', 220, 'The server.');
$c->expect('REIN', 220, 'Red.', 'and so does REIN');
$c->login('anonymous');
$c->expect('SIZE red.txt', 213, '4', 'in the helper, too');
$c->quit;
if (Inftpd::Test::has_ipv6()) {
	$c = $server->connect(address => '::1');
	$c->expect('HOST [::1]', 220, 'The server.', 'no host at ::1');
	symlink 'blue.example.com', "$dir/host.d/::1" or die $!;
	$c->expect('HOST [::1]', 220, 'The server.', 'now there is');
	$c->login('bob');
	$c->quit;
}
unlink "$dir/host.d/127.0.0.1";

# Hosts that cannot be served. Others can.
host($server, 'bad.example.com', '10.conf', { anonymous_enable => 'PERHAPS' });
$c = $server->connect;
$c->expect('HOST bad.example.com', 504, qr/see the server's log/,
    'an error in a drop-in');
$c->expect('HOST red.example.com', 220, 'Red.', 'and on with another');
$c->expect('HOST bad.example.com', 504);
$c->login('anonymous');
$c->expect('SIZE red.txt', 213, '4', 'which stays when one fails');
$c->quit;
like($c->log, qr{host\.d/bad\.example\.com/10\.conf:1: anonymous_enable},
    'the log has file and line');
host($server, 'bad.example.com', '10.conf', { banner_file => '/nowhere' });
$c = $server->connect;
$c->expect('HOST bad.example.com', 220, 'The server.', 'no banner_file');
$c->quit;
like($c->log, qr{banner_file /nowhere: No such file}, 'the log says so');
host($server, 'bad.example.com', '10.conf', { userlist_file => '/' . 'x' x 4000,
	banned_email_file => '/' . 'y' x 4000, anon_root => '/' . 'z' x 4000 });
$c = $server->connect;
$c->expect('HOST bad.example.com', 504, undef, 'too much for a message');
$c->expect_reply(421, undef, 'ends the session');
$c->expect_end;
$c->exit_status;
like($c->log, qr/the host's drop-ins are too long/, 'the log says why');
$c->{checked} = 1;

# A configuration that breaks while a session is there.
$c = $server->connect;
$c->expect('HOST red.example.com', 220, 'Red.');
$server->write_conf('conf.d/bad.conf', { no_such_thing => 'YES' });
$c->expect('HOST blue.example.com', 504, qr/see the server's log/,
    'files that cannot be read again: the host stays');
$c->expect('REIN', 421, undef, 'but what REIN promises cannot be had');
$c->expect_end;
$c->exit_status;
like($c->log, qr/bad\.conf:1: no_such_thing: unknown/, 'the log says why');
$c->{checked} = 1;
unlink "$dir/conf.d/bad.conf";

# By client's network and by group: both processes read the first.
mkdir "$dir/$_" for 'net.d', 'group.d';
$server->write_conf('net.d/127.0.0.0_8.conf', { ftpd_banner => 'Loop.',
	ascii_download_enable => 'YES' });
$server->write_conf('net.d/127.0.0.3.conf', { local_max_rate => 1,
	anonymous_enable => 'NO' });
$server->write_conf('group.d/daemon.conf', { write_enable => 'NO',
	cmds_denied => 'MDTM' });
$server->user('daemon', virtual_use_local_privs => 'YES',
    write_enable => 'YES');
$c = $server->start;
$c->expect_reply(220, 'Loop.', 'net.d: the greeting');
$c->expect('HOST red.example.com', 220, 'Red.', 'a host goes before it');
$c->expect('REIN', 220, 'Loop.', 'and comes off it again');
$c->login('daemon');
$c->expect('MDTM red/red.txt', 550, undef, 'group.d, in ftpd');
$c->expect('MKD new', 257, undef, 'user.d goes before group.d');
$c->quit;
$c = $server->connect(from => '127.0.0.3');
$c->cmd('USER anonymous');
is(($c->cmd('PASS x@'))[0], 530, 'net.d, in the helper');
$c->quit;
$server->write_conf('group.d/daemon.conf', { listen => 'YES' });
$c = $server->connect;
$c->cmd('USER daemon');
is(($c->cmd('PASS secret'))[0], 530, 'an error in group.d');
$c->login('alice');
$c->quit;
like($c->log, qr{group\.d/daemon\.conf:1: listen: not in a drop-in of group},
    'the log has file and line');
$server->write_conf('net.d/127.0.0.0_8.conf', { listen => 'YES' });
$c = $server->start;
$c->expect_reply(421, qr/configuration/, 'an error in net.d: 421');
$c->exit_status;
$c->{checked} = 1;

# The listener reads its own configuration once, and what is for some clients
# only with each of them.
$server->write_conf('net.d/127.0.0.0_8.conf', { ftpd_banner => 'Loop.' });
my $listener = Inftpd::Test::Listener->start($server);
$c = $listener->connect;
$c->expect('REIN', 220, 'Loop.', 'the listener: net.d');
$c->expect('HOST red.example.com', 220, 'Red.', 'a host');
$c->expect('REIN', 220, 'Loop.', 'and back');
$c->expect('HOST red.example.com', 220, 'Red.');
$c->login('anonymous');
$c->expect('SIZE red.txt', 213, '4', 'its root');
$c->hang_up;
$server->write_conf('net.d/127.0.0.0_8.conf', { ftpd_banner => 'Other.' });
$c = $listener->connect;
$c->expect('REIN', 220, 'Other.', 'a change counts for the next client');
$c->hang_up;
$listener->stop;
$server->done;
done_testing;
